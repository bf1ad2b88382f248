-- For wrk: one activation a request, of contacts and accounts drawn at random. ARGV: key, accounts, seed.
-- The requests are put together before the run, so that wrk's own work is as small as for a page.

local requests, next_request = {}, 0

function init(arguments)
    local key, accounts = arguments[1], tonumber(arguments[2])
    math.randomseed(tonumber(arguments[3]) + tonumber(tostring({}):match("0x(%x+)"), 16) % 100000)
    local headers = { ["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/json" }
    for index = 1, 50000 do
        local account = math.random(accounts)
        local contact = string.format("1784140%010d", math.random(1, 999999999))
        requests[index] = wrk.format("POST", "/v1/accounts/acct_" .. account .. "/activations", headers,
            '{"contact":"' .. contact .. '","by":"campaign:spring"}')
    end
end

function request()
    next_request = next_request % #requests + 1
    return requests[next_request]
end
