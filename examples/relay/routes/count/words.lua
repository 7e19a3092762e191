-- Reads the model's answer as it comes and sends one event for each piece: how many words it had so far.
return function(request)
  local answer = host.vault.fetch('model', { method = 'POST', path = '/chat', body = request.body, stream = true })
  host.answer.begin(200, 'text/event-stream')
  local words, is_within = 0, false
  for piece in host.stream.read, answer.stream do
    for character in piece:gmatch('.') do
      local is_space = character:find('%s') ~= nil
      if is_within and is_space then words = words + 1 end
      is_within = not is_space
    end
    host.answer.send('data: ' .. words .. '\n\n')
  end
end
