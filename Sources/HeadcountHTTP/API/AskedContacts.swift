/// Whom a question is about: the body's `contact`, or its `contacts`.
enum AskedContacts: Sendable {
    case one(String)
    case many([String])

    /// - Throws: ``Problem`` of the kind `invalidBody`, unless there is either of the two.
    init(in fields: KeyedDecodingContainer<FieldName>) throws {
        switch (try fields.value("contact", as: String.self), try fields.texts("contacts")) {
        case (let contact?, nil): self = .one(contact)
        case (nil, let contacts?): self = .many(contacts)
        case (_?, _?): throw Problem(.invalidBody, "give either contact or contacts, not both")
        case (nil, nil): throw Problem(.invalidBody, "contact is missing; give contact, or contacts for many")
        }
    }
}

extension KeyedDecodingContainer where Key == FieldName {
    /// 1 to 10,000 texts; nil where the field is missing. Their number is looked at before any of them is.
    func texts(_ name: String) throws -> [String]? {
        let key = FieldName(stringValue: name)
        guard contains(key) else { return nil }
        let maximum = 10_000
        let count = try nestedUnkeyedContainer(forKey: key).count ?? 0
        guard (1...maximum).contains(count) else {
            throw Problem(.invalidBody, "\(name) has \(count) elements; give 1 to \(maximum)")
        }
        return try decode([String].self, forKey: key)
    }

    /// What touches the contacts, the field `by`, as it was written.
    func action() throws -> String {
        guard let by = try value("by", as: String.self) else {
            throw Problem(.invalidBody, "by is missing; give KIND or KIND:ID, such as campaign:spring")
        }
        return by
    }
}
