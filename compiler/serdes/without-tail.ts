/**
 * What a writer has behind the last field that the reader knows is not looked at (rule: valid is what is demanded), also
 * where data are rewritten as a whole.
 */
import type { Resolution } from '../../avro/resolve.js'

export function withoutTail(resolution: Resolution): Resolution {
  if (resolution.kind === 'reader-union') return { ...resolution, value: withoutTail(resolution.value) }
  if (resolution.kind !== 'record') return resolution
  const last = resolution.fields.findLastIndex(({ action }) => action === 'read')
  const fields = resolution.fields
    .slice(0, last + 1)
    .map((field, index) =>
      index === last && field.action === 'read' ? { ...field, value: withoutTail(field.value) } : field,
    )
  return { ...resolution, fields }
}
