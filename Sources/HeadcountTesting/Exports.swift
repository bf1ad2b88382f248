@_exported public import EmbeddedRedis
