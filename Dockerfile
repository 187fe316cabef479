# The image has the server as one static binary and certificates, and runs it as a user without
# rights. It needs no shell, because the binary checks its own health. The target "video" has ffmpeg
# in addition, for rtsp:// cameras with H.264 or H.265: docker build --target video -t bis:video .
FROM golang:1.26-trixie AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /bis .
# A new volume gets its owner from the folder that it covers.
RUN mkdir /data

FROM debian:trixie-slim AS video
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates ffmpeg && rm -rf /var/lib/apt/lists/*
COPY --from=build /bis /bis
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
ENV BIS_ADDR=0.0.0.0:8000 BIS_DATA=/data BIS_FFMPEG=/usr/bin/ffmpeg
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 CMD ["/bis", "health"]
ENTRYPOINT ["/bis"]

FROM scratch
# For cameras, models and databases behind TLS. Zones are in the binary.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /bis /bis
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
# BIS_AUTH is not set here: the operator who opens the port to others must set it.
ENV BIS_ADDR=0.0.0.0:8000 BIS_DATA=/data
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 CMD ["/bis", "health"]
ENTRYPOINT ["/bis"]
