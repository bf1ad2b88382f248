/// A Redis Cluster's hash slot of a key, 0 to 16383: CRC-16/XMODEM of what is in the key's first pair of braces, or of
/// the whole key (Redis Cluster specification, "Key distribution model" and "Hash tags").
enum KeySlot {
    static let count = 16_384

    static func of(_ key: ArraySlice<UInt8>) -> Int {
        Int(crc16(hashed(key))) & (count - 1)
    }

    private static func hashed(_ key: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")) else { return key }
        let tag = key[(open + 1)...].prefix { $0 != UInt8(ascii: "}") }
        return tag.isEmpty || tag.endIndex == key.endIndex ? key : tag
    }

    private static func crc16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        bytes.reduce(0) { crc, byte in (crc << 8) ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ byte)] }
    }

    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021 }
    }
}
