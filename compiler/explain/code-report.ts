/** Where the generated code of each input lies in the output folder, and how large it is. */
import type { ExplainedPipeline } from './explained-pipeline.js'

export interface CodeReport {
  readonly file: string
  readonly bytes: number
  readonly functions: readonly CodeFunction[]
}

export interface CodeFunction {
  readonly subTopology: number
  readonly input: number
  readonly topic: string
  readonly firstLine: number
  readonly lastLine: number
  /** Characters; V8 does not optimise functions that grow too large. */
  readonly characters: number
}

export function codeReport({ name, files, levels }: ExplainedPipeline): CodeReport | undefined {
  const file = files.find((candidate) => candidate.path === `${name}.js`)
  if (file === undefined) return undefined
  const lines = file.text.split('\n')
  const functions = levels.topology.subTopologies.flatMap((sub) =>
    sub.inputs.flatMap(({ topic }, input): CodeFunction[] => {
      const found = processFunction(lines, sub.id, input)
      return found === undefined ? [] : [{ subTopology: sub.id, input, topic, ...found }]
    }),
  )
  return { file: file.path, bytes: Buffer.byteLength(file.text), functions }
}

export function codeText(report: CodeReport | undefined): string {
  if (report === undefined) return 'no code was generated'
  const functions = report.functions.map(({ subTopology, topic, firstLine, lastLine, characters }) => {
    const place = `${report.file}:${firstLine}-${lastLine}`
    return `sub-topology ${subTopology}, topic ${topic}: ${place} (${characters} characters)`
  })
  return [`${report.file} (${report.bytes} bytes)`, ...functions].join('\n')
}

/** `class Task<sub>` with a method `process<input>`; a method ends where its indentation comes back. */
function processFunction(
  lines: readonly string[],
  sub: number,
  input: number,
): Pick<CodeFunction, 'firstLine' | 'lastLine' | 'characters'> | undefined {
  const task = lines.findIndex((line) => new RegExp(`\\bTask${sub}\\b.*\\bclass\\b|\\bclass Task${sub}\\b`).test(line))
  if (task < 0) return undefined
  const start = lines.findIndex((line, index) => index > task && new RegExp(`^\\s*process${input}\\(`).test(line))
  const indentation = /^\s*/.exec(lines[start] ?? '')?.[0] ?? ''
  const end = lines.findIndex((line, index) => index > start && line === `${indentation}}`)
  if (start < 0 || end < 0) return undefined
  const characters = lines.slice(start, end + 1).join('\n').length
  return { firstLine: start + 1, lastLine: end + 1, characters }
}
