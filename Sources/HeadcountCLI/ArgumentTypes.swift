public import ArgumentParser
public import Headcount
public import HeadcountHTTP

extension APIKeyScope: ExpressibleByArgument {}
extension AudienceFormat: ExpressibleByArgument {}
extension LimitMode: ExpressibleByArgument {}
