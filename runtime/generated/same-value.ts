/** Whether two keys are the same: by what they hold, as their bytes are. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (left instanceof Date) return right instanceof Date && left.getTime() === right.getTime()
  if (left instanceof Uint8Array) return right instanceof Uint8Array && Buffer.compare(left, right) === 0
  const entries = Object.entries(left)
  const others = new Map(Object.entries(right))
  return entries.length === others.size && entries.every(([name, value]) => sameValue(value, others.get(name)))
}
