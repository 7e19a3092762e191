-- Passes a question on to a model, and its answer back, as it comes.
return function(request)
  if request.method ~= 'POST' then return { status = 405, body = 'POST is wanted' } end
  local answer = host.vault.fetch('model', {
    method = 'POST',
    path = '/chat',
    headers = { ['content-type'] = 'application/json' },
    body = request.body,
    stream = true,
  })
  if answer.status ~= 200 then
    return { status = 502, body = 'the model answered ' .. answer.status }
  end
  return { type = answer.headers['content-type'], stream = answer.stream }
end
