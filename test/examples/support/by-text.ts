/** Whatever the order of values, and of the fields in them. */
export const byText = (values: readonly object[]): string[] => values.map((value) => textOf(value)).sort()

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${name}: ${textOf(field)}`).join()}}`
}
