public import ArgumentParser
public import Headcount

extension AudienceFormat: ExpressibleByArgument {}
extension LimitMode: ExpressibleByArgument {}
