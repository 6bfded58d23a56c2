/** Transcripts of Apache Kafka, one JSON file a conversation. Run prettier after recording. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Step } from './conversation.js'

const fileOf = (name: string): URL => new URL(`./goldens/${name}.json`, import.meta.url)

export const readGolden = async (name: string): Promise<readonly Step[]> =>
  JSON.parse(await readFile(fileOf(name), 'utf8')) as readonly Step[]

/** One line a step, so that differences read well. */
export const writeGolden = async (name: string, steps: readonly Step[]): Promise<void> => {
  const lines = steps.map((step) => `  ${JSON.stringify(step)}`)
  await writeFile(fileOf(name), `[\n${lines.join(',\n')}\n]\n`)
}
