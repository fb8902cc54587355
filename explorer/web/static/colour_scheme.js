// Popovers are outside of the app's element, which alone knows whether the theme is dark: the whole page is told.
document.documentElement.style.colorScheme = getComputedStyle(document.querySelector(".stApp")).colorScheme;
