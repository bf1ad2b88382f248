internal import Crypto

/// A Lua script and the hash by which Redis knows it.
package struct RedisScript: Sendable {
    /// Its file's name in `lua/`, without the ending.
    package let name: String
    package let source: String
    /// SHA-1 of the source in hexadecimal, as `EVALSHA` wants it.
    package let hash: String
    /// False if its replies needn't wait for replicas: it only reads, or what it writes is written again should it be lost.
    let needsReplicas: Bool

    package init(name: String, source: String, needsReplicas: Bool = true) {
        self.name = name
        self.source = source
        self.needsReplicas = needsReplicas
        hash = Insecure.SHA1.hash(data: Array(source.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
