# The app and the command line. No model is baked in: the bundled encoder comes with the packages, others are fetched
# when they are asked for, into /home/explorer/.cache.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /source
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --upgrade "pip>=25.1"
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE streamlit_app.py streamlit_server.py ./
COPY explorer explorer
COPY embeddings embeddings
COPY images images
RUN /venv/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11.14-slim-bookworm
# What torch computes with on several cores.
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 1000 explorer \
    && install --directory --owner explorer --group explorer /library /home/explorer/.cache
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH EXPLORER_LIBRARY=/library PYTHONUNBUFFERED=1
USER explorer
WORKDIR /home/explorer
VOLUME /library
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
# Within the container every address; who may reach it, the published port says (see compose.yaml).
CMD ["explorer", "app", "--host", "0.0.0.0"]
