internal import HTTPTypes
internal import Hummingbird
internal import Mustache

/// The templates of the pages, compiled into the program. Each of them names the content type `SCALAR_HTML`.
struct Templates: Sendable {
    private let library: MustacheLibrary

    init() {
        MustacheContentTypes.register(ScalarHTML(), named: "SCALAR_HTML")
        var library = MustacheLibrary()
        let sources = [
            "account": PackageResources.account_mustache,
            "campaigns": PackageResources.campaigns_mustache,
            "channels": PackageResources.channels_mustache,
            "confirm": PackageResources.confirm_mustache,
            "confirm-plan": PackageResources.confirm_plan_mustache,
            "contact": PackageResources.contact_mustache,
            "dead-letters": PackageResources.dead_letters_mustache,
            "error": PackageResources.error_mustache,
            "footer": PackageResources.footer_mustache,
            "header": PackageResources.header_mustache,
            "notices": PackageResources.notices_mustache,
            "overview": PackageResources.overview_mustache,
            "scenario-form": PackageResources.scenario_form_mustache,
            "scenarios": PackageResources.scenarios_mustache,
            "sign-in": PackageResources.sign_in_mustache,
        ]
        for (name, source) in sources {
            do {
                try library.register(String(decoding: source, as: UTF8.self), named: name)
            } catch {
                preconditionFailure("the template \(name) is malformed: \(error)")
            }
        }
        self.library = library
    }

    /// A page. What the template names and the context doesn't have is left out.
    func page(_ name: String, _ context: some Sendable, status: HTTPResponse.Status = .ok) -> Response {
        let html = library.render(context, withTemplate: name) ?? ""
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}
