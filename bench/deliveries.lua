-- Signed deliveries for wrk: the same body, a delivery id of its own for each. Tells what was accepted, what was not, and how
-- long it took. The measurement fills in which body and which headers. An argument is how many milliseconds each connection
-- waits between an answer and its next delivery.
local file = assert(io.open("@BODY@", "rb"))
local body = file:read("*a")
file:close()

local headers = {
@HEADERS@}

math.randomseed(os.time())
local prefix = string.format("%08x-0000-4000-8000-", math.random(0, 2147483647))
local count = 0
local before, after

function init(args)
  local pause = tonumber(args[1] or 0)
  if pause > 0 then delay = function() return pause end end
  headers["X-GitHub-Delivery"] = "@@ID@@"
  local whole = wrk.format("POST", nil, headers, body)
  local at = whole:find("@@ID@@", 1, true)
  before, after = whole:sub(1, at - 1), whole:sub(at + 6)
end

function request()
  count = count + 1
  return before .. prefix .. string.format("%012x", count) .. after
end

function done(summary, latency, requests)
  local refused = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format(
    "accepted=%d refused=%d seconds=%.3f p50=%.2f p90=%.2f p99=%.2f max=%.2f\n",
    summary.requests - summary.errors.status, refused, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
