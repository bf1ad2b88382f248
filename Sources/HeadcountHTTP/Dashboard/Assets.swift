internal import Headcount
internal import Crypto
internal import HTTPTypes
internal import Hummingbird

/// Style, script and icon, compiled into the program. Their addresses name their content, so that browsers keep them.
enum Assets {
    private static let files: [(name: String, type: String, bytes: [UInt8])] = [
        ("style.css", "text/css; charset=utf-8", PackageResources.style_css),
        ("app.js", "text/javascript; charset=utf-8", PackageResources.app_js),
        ("favicon.svg", "image/svg+xml", PackageResources.favicon_svg),
    ]

    static let version: String = {
        var hash = SHA256()
        for file in files { hash.update(data: file.bytes) }
        return Hexadecimal.text(hash.finalize().prefix(6))
    }()

    static var routes: [Route] {
        files.map { file in
            Route(.get, "/assets/\(file.name)") { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: file.type, .cacheControl: "public, max-age=31536000, immutable"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
            }
        }
    }
}
