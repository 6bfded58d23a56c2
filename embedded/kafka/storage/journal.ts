/**
 * A file of JSON lines, appended synchronously: what was written survives a crash of the process. A line that a crash
 * has torn is dropped when the file is read. Bigints are written as `{"$bigint":"1"}`.
 */
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'

const encode = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? { $bigint: String(item) } : item))

const revive = (_key: string, item: unknown): unknown =>
  item !== null && typeof item === 'object' && '$bigint' in item ? BigInt(String(item.$bigint)) : item

export class Journal<Entry> {
  readonly #path: string
  #file: number | null = null

  constructor(path: string) {
    this.#path = path
  }

  read(): Entry[] {
    if (!existsSync(this.#path)) return []
    const lines = readFileSync(this.#path, 'utf8').split('\n')
    // What follows the last line break is empty, or torn.
    return lines.slice(0, -1).map((line) => JSON.parse(line, revive) as Entry)
  }

  /** Starts the file anew with these entries, and keeps it open. */
  rewrite(entries: readonly Entry[]): void {
    const temporary = `${this.#path}.new`
    writeFileSync(temporary, entries.map((entry) => `${encode(entry)}\n`).join(''))
    renameSync(temporary, this.#path)
    this.#file = openSync(this.#path, 'a')
  }

  append(entry: Entry): void {
    if (this.#file !== null) writeSync(this.#file, `${encode(entry)}\n`)
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}
