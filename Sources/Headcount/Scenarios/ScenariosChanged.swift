/// trigger.lua knows other scenarios of the account than the caller.
struct ScenariosChanged: Error {}
