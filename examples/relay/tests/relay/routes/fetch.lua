-- Asks the upstream for the path in the body, and answers with all that it got.
return function(request)
  local answer = host.vault.fetch('model', { path = request.body })
  return { body = { status = answer.status, headers = answer.headers, body = answer.body } }
end
