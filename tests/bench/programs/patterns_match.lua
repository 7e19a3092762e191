-- How fast are string.find, match and gmatch? Log lines taken apart into fields.

local ROUNDS <const> = 3000

local lines = {
  '192.168.0.17 - - [10/Oct/2023:13:55:36] "GET /index.html HTTP/1.1" 200 2326',
  '10.0.0.3 - ada [11/Oct/2023:01:02:03] "POST /api/v1/items?id=17&sort=name HTTP/1.1" 201 98',
  '172.16.254.1 - - [12/Oct/2023:23:59:59] "GET /static/css/site.min.css HTTP/2" 304 0',
  'level=warn msg="disk almost full" host=db-3 used=93.5 path=/var/lib/data',
  'level=info msg="checkpoint done" host=db-1 pages=1821 seconds=0.82',
  '  # a comment line that matches nothing of interest, but has to be scanned anyway   ',
}

local requests, bytes, fields, comments, words = 0, 0, 0, 0, 0
for _ = 1, ROUNDS do
  for _, line in ipairs(lines) do
    local address, day, verb, path, status, size =
      line:match('^(%d+%.%d+%.%d+%.%d+) %S+ %S+ %[(%d+)/[^%]]*%] "(%u+) ([^ "]+) [^"]*" (%d%d%d) (%d+)$')
    if address then
      requests = requests + #verb + day
      bytes = bytes + size + status
      for name, value in path:gmatch("[?&](%w+)=([^&]*)") do fields = fields + #name + #value end
    elseif line:find("^%s*#") then
      comments = comments + #line:match("^%s*#%s*(.-)%s*$")
    else
      for name, value in line:gmatch('(%a+)=("?[^"=]*"?)%f[%s\0]') do fields = fields + #name * #value end
      if line:find("almost full", 1, true) then fields = fields + 1 end
    end
    for word in line:gmatch("%a[%w_]*") do words = words + #word end
  end
end
return string.format("%d %d %d %d %d", requests, bytes, fields, comments, words)
