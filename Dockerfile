# docker build -t headcount .
# docker run --rm -p 8080:8080 -e HEADCOUNT_REDIS_URL=redis://HOST:6379 -e HEADCOUNT_SESSION_SECRET=SECRET headcount

FROM swift:6.3-bookworm AS builder
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libhiredis-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# The dependencies are a layer of their own, made anew only when the manifest changes.
COPY Package.* ./
RUN swift package resolve $([ -f Package.resolved ] && echo --force-resolved-versions)
COPY . .
RUN swift build --configuration release --product headcount --static-swift-stdlib \
    && install -D -m 755 --strip "$(swift build --configuration release --show-bin-path)/headcount" /staging/headcount \
    && scripts/list-licences.sh --texts >/staging/THIRD-PARTY.txt

# redis-server is not in this image: `--embedded` needs it, and a container of its own is the better place for Redis.
FROM debian:bookworm-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libhiredis0.14 libstdc++6 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 headcount \
    && useradd --system --uid 10001 --gid headcount --home-dir /nonexistent --no-create-home \
        --shell /usr/sbin/nologin headcount
COPY --from=builder /staging/headcount /usr/local/bin/headcount
COPY --from=builder /staging/THIRD-PARTY.txt /build/LICENSE /usr/local/share/doc/headcount/
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
EXPOSE 8080
# /healthz of this instance: Redis being down is no reason to replace it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["headcount", "health"]
ENTRYPOINT ["headcount"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
