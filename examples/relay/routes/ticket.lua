-- Gives the caller a ticket that another program, which has the same secret, can check.
return function(request)
  local ticket = { key = request.key, ends = os.time() + 300 }
  local text = host.json.write(ticket)
  return { body = { ticket = text, signature = host.vault.sign('tickets', text) } }
end
