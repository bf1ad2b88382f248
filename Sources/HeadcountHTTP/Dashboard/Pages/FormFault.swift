/// What is wrong with a form, for the person who filled it in.
struct FormFault: Error {
    let text: String
}
