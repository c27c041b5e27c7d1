# One image for every role; ROLES chooses what a container does. The target `gpu` is a worker's image with CUDA, linux-x64 only.
FROM node:24.11.1-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build
# The packages hold ONNX Runtime for every platform; an image runs on one.
ARG TARGETARCH
RUN npm prune --omit=dev \
 && arch="${TARGETARCH:-$(dpkg --print-architecture)}" \
 && onnx_arch="$([ "$arch" = arm64 ] && echo arm64 || echo x64)" \
 && cd node_modules/onnxruntime-node/bin/napi-v6 \
 && find . -mindepth 1 -maxdepth 1 ! -name linux -exec rm -r {} + \
 && find linux -mindepth 1 -maxdepth 1 ! -name "$onnx_arch" -exec rm -r {} + \
 && test -f "linux/$onnx_arch/onnxruntime_binding.node"

# The one install script that runs anywhere, and only for this target: it fetches ONNX Runtime's CUDA libraries.
FROM build AS build-gpu
RUN ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js \
 && cd node_modules/onnxruntime-node/bin/napi-v6/linux/x64 \
 && test -f libonnxruntime_providers_cuda.so \
 && rm -f libonnxruntime_providers_tensorrt.so

# CUDA 12 and cuDNN 9, which these libraries are built for; any minor version of either does.
FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 AS gpu
RUN useradd --system --user-group node
COPY --from=build-gpu /usr/local/bin/node /usr/local/bin/node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data UPLOADS_DIR=/uploads MODELS_DIR=/app/models INSTALL_REDIS=false
ENV MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
RUN install -d -o node -g node /data /uploads
COPY --from=build-gpu /app/package.json ./
COPY --from=build-gpu /app/node_modules ./node_modules
COPY --from=build-gpu /app/dist ./dist
COPY models ./models
USER node
VOLUME /data /uploads
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "dist/main.js"]

FROM node:24.11.1-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data UPLOADS_DIR=/uploads MODELS_DIR=/app/models INSTALL_REDIS=false
# glibc's own first value. Left unset it grows with what is freed, and then what sessions leave behind is never given back.
ENV MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
RUN install -d -o node -g node /data /uploads
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY models ./models
USER node
VOLUME /data /uploads
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "dist/main.js"]
