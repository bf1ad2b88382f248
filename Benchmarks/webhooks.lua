-- For wrk: one webhook a request. ARGV: a file with a signature and a body a line.

local requests, next_request = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        local signature, body = line:match("^(%x+) (.*)$")
        local headers = { ["X-Hub-Signature-256"] = "sha256=" .. signature, ["Content-Type"] = "application/json" }
        requests[#requests + 1] = wrk.format("POST", "/webhooks/instagram", headers, body)
    end
end

function request()
    next_request = next_request % #requests + 1
    return requests[next_request]
end
