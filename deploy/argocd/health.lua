-- What Argo CD shows of the kinds of External Secrets. obj is the object as the cluster has it.
-- Only what was synced for the generation that is there now is healthy; a failure is shown with the
-- words of the status, which name keys and stores and never a value.
local health = {status = "Progressing", message = "waiting for the first report"}
if obj.metadata ~= nil and obj.metadata.deletionTimestamp ~= nil then
  health.message = "is being deleted"
  return health
end
local status = obj.status
if status == nil or status.conditions == nil then
  return health
end
for _, condition in ipairs(status.conditions) do
  if condition.type == "Ready" then
    health.message = condition.message or condition.reason or ""
    if condition.status == "True" then
      local synced = status.syncedResourceVersion
      local generation = obj.metadata.generation
      if synced ~= nil and generation ~= nil and string.match(synced, "^(%d+)%-") ~= string.format("%d", generation) then
        health.message = "waiting for the last change to be synced"
      else
        health.status = "Healthy"
      end
    elseif condition.status == "False" then
      health.status = "Degraded"
    end
  end
end
return health
