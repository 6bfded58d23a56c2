/** Names in Avro schemas: which are allowed, and how short ones become full. */

/** As the specification has it; ASCII only. */
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * What is wrong with a name of a field, symbol or segment of a full name, or undefined. `__proto__` is legal Avro, but
 * as the key of a JavaScript object it would replace the prototype of the record.
 */
export function nameProblem(name: string): string | undefined {
  if (!namePattern.test(name)) return `${quote(name)} is not a name: letters, digits and _ only, and no digit first`
  if (name === '__proto__') return 'the name __proto__ is refused: as a key it replaces the prototype of an object'
  return undefined
}

export function fullNameProblem(name: string): string | undefined {
  for (const segment of name.split('.')) {
    const problem = nameProblem(segment)
    if (problem !== undefined) return segment === name ? problem : `${quote(name)}: ${problem}`
  }
  return undefined
}

/** A name with a dot is full already; any other is in `namespace`, unless that is the null namespace. */
export function qualify(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}

/** JSON string, shortened: a schema must not be able to flood a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text)
}
