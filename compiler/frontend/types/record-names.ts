/** Names of records: unique in a plan, legal in Avro. */
export class RecordNames {
  readonly #taken = new Set<string>()

  fresh(wanted: string): string {
    const legal = wanted.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=[0-9])/, '_')
    let name = legal
    for (let count = 2; this.#taken.has(name); count += 1) name = `${legal}_${count}`
    this.#taken.add(name)
    return name
  }
}
