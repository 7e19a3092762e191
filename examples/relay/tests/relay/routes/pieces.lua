-- The same, through the script.
return function(request)
  local answer = host.vault.fetch('model', { path = request.body, stream = true })
  host.answer.begin(200, 'text/plain')
  for piece in host.stream.read, answer.stream do host.answer.send('[' .. piece .. ']') end
end
