import Testing

@testable import RedisClient

@Suite struct RedisErrorTests {
    @Test(arguments: [
        ("NOSCRIPT No matching script.", "NOSCRIPT", false),
        ("STALE_PERIOD 1795500000 12", "STALE_PERIOD", false),
        (
            "OOM command not allowed when used memory > 'maxmemory'. script: 8893, on @user_script:77.", "OOM", true
        ),
        // Redis 6.2
        (
            "ERR Error running script (call to f_8893): @user_script:77: @user_script: 77: -OOM command not allowed",
            "OOM",
            true
        ),
        (
            "ERR Error running script (call to f_8893): @user_script:77: @user_script: 77: "
                + "The user executing the script can't run this command or subcommand", "NOPERM", true
        ),
        ("ERR The user executing the script can't run this command script: 8893, on @user_script:7.", "NOPERM", true),
        // Valkey
        (
            "ERR ACL failure in script: User x has no permissions to run the 'sadd' command script: on @user_script:7.",
            "NOPERM", true
        ),
        (
            "ERR Error running script (call to f_8893): @user_script:3: @user_script: 3: "
                + "-READONLY You can't write against a read only replica.", "READONLY", true
        ),
    ])
    func codeIsThatOfTheCause(_ reply: String, _ code: String, _ mayHaveExecuted: Bool) {
        let error = RedisError(reply: reply)
        #expect(error.code == .server(code))
        #expect(error.mayHaveExecuted == mayHaveExecuted)
    }

    /// Redis 6.2 says first where, and is told of the same way as later versions.
    @Test func whatAnACLRefusesInAScriptHasItsLine() {
        let said = "The user executing the script can't run this command or subcommand"
        let error = RedisError(
            reply: "ERR Error running script (call to f_8893): @user_script:77: @user_script: 77: \(said)")
        #expect(error.message == "\(said), on @user_script:77.")
    }

    @Test func whatServersRepeatOfACommandTheyLackIsLeftOut() {
        let reply = "ERR unknown command 'HSET', with args beginning with: 'hc:{a}:channels' 'generic' 'secret' "
        #expect(RedisError(reply: reply).message == "ERR unknown command 'HSET'")
    }
}
