import HeadcountHTTP
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", ServiceConfiguration.Address.tcp(host: "127.0.0.1", port: 8080), true),
        ("[::1]:0", .tcp(host: "::1", port: 0), true),
        ("0.0.0.0:443", .tcp(host: "0.0.0.0", port: 443), false),
        ("localhost:1", .tcp(host: "localhost", port: 1), true),
        ("127.example.com:80", .tcp(host: "127.example.com", port: 80), false),
        ("unix:/run/headcount.sock", .unixSocket("/run/headcount.sock"), true),
    ])
    func reads(_ text: String, _ address: ServiceConfiguration.Address, _ isLoopback: Bool) {
        #expect(ServiceConfiguration.Address(text) == address)
        #expect(address.isLoopback == isLoopback)
        #expect(address.description == text)
    }

    @Test(arguments: ["", "8080", ":8080", "host:", "host:99999", "::1:80", "unix:", "host:port"])
    func refuses(_ text: String) {
        #expect(ServiceConfiguration.Address(text) == nil)
    }
}
