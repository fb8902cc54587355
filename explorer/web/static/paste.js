// Streamlit runs this script again with every page: the listeners are added once, and look for the uploader when called.
if (!window.explorerTakesPastedPictures) {
  window.explorerTakesPastedPictures = true;
  document.addEventListener("paste", (event) => {
    const uploader = document.querySelector('[data-testid="stFileUploader"] input[type="file"]');
    const pictures = Array.from(event.clipboardData?.files ?? []).filter((file) => file.type.startsWith("image/"));
    if (!uploader || pictures.length === 0) return;
    event.preventDefault();
    const chosen = new DataTransfer();
    chosen.items.add(pictures[0]);
    uploader.files = chosen.files;
    uploader.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // Streamlit's uploader has a label and says that it is only decoration: a screen reader would ignore one of the two.
  new MutationObserver(() => {
    document.querySelector('[data-testid="stFileUploaderDropzone"][role]')?.removeAttribute("role");
  }).observe(document.body, { childList: true, subtree: true });
}
