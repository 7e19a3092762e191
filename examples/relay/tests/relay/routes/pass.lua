-- Passes on, as it comes, what is at the path in the body.
return function(request)
  local answer = host.vault.fetch('model', { path = request.body, stream = true })
  return { status = answer.status, type = answer.headers['content-type'], stream = answer.stream }
end
