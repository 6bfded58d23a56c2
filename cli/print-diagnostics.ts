/** Diagnostics on the terminal: frames with colours, and a line that sums up. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import pc from 'picocolors'
import { renderDiagnostics, renderSummary, type Diagnostic } from '../compiler/diagnostics/index.js'
import type { Terminal } from './terminal.js'

/** Notes of the compiler are shown by `explain` and `--verbose`, not with each build. */
export function printDiagnostics(
  terminal: Terminal,
  root: string,
  diagnostics: readonly Diagnostic[],
  { notes = false }: { readonly notes?: boolean } = {},
): void {
  const shown = notes ? diagnostics : diagnostics.filter(({ severity }) => severity !== 'info')
  if (shown.length === 0) return
  const { red, yellow, blue, cyan, bold } = pc.createColors(terminal.color)
  const text = renderDiagnostics(shown, {
    sourceOf: (file) => sourceOf(resolve(root, file)),
    paint: { error: red, warning: yellow, info: blue, frame: cyan, strong: bold },
  })
  terminal.say(`${text}\n`)
  const summary = renderSummary(shown)
  if (summary !== '') terminal.say(summary)
}

function sourceOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
