/**
 * What a command says: results on standard output, everything else on standard error, so that pipes stay clean.
 * With `--json` standard output carries JSON only. Colours follow NO_COLOR, FORCE_COLOR and whether a terminal listens.
 */
import pc from 'picocolors'

export interface Terminal {
  readonly json: boolean
  readonly color: boolean
  /** A line of the result. Silent with --json. */
  print(text: string): void
  /** The result for machines, one JSON document. Silent without --json. */
  data(value: unknown): void
  /** For people, as it is. */
  say(text: string): void
  note(text: string): void
  success(text: string): void
  warn(text: string): void
  error(text: string, help?: string): void
  /** Runs `work`; when it takes longer than a second says so, and says how long it took. */
  progress<T>(label: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>
}

export interface TerminalOptions {
  readonly json?: boolean
  readonly stdout?: NodeJS.WriteStream
  readonly stderr?: NodeJS.WriteStream
}

/** Before that a spinner only flickers. */
const progressAfter = 1000

export function createTerminal({
  json = false,
  stdout = process.stdout,
  stderr = process.stderr,
}: TerminalOptions = {}): Terminal {
  const color = supportsColor(stderr)
  const paint = pc.createColors(color)
  const say = (text: string) => void stderr.write(`${text}\n`)
  return {
    json,
    color,
    print: (text) => {
      if (!json) stdout.write(`${text}\n`)
    },
    data: (value) => {
      if (json) stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    },
    say,
    note: (text) => say(paint.dim(text)),
    success: (text) => say(`${paint.green('✓')} ${text}`),
    warn: (text) => say(`${paint.yellow('warning:')} ${text}`),
    error: (text, help) => {
      say(`${paint.red('error:')} ${text}`)
      if (help !== undefined) say(`${paint.cyan('help:')} ${help}`)
    },
    progress: (label, work) => runWithProgress(label, work, stderr, paint),
  }
}

/** NO_COLOR and FORCE_COLOR win over what listens: https://no-color.org, https://force-color.org. */
export function supportsColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0'
  return isTerminal(stream) && TERM !== 'dumb'
}

/** Absent, not false, where no terminal listens. */
const isTerminal = ({ isTTY }: { readonly isTTY?: boolean }): boolean => isTTY === true

async function runWithProgress<T>(
  label: string,
  work: (update: (detail: string) => void) => Promise<T>,
  stderr: NodeJS.WriteStream,
  paint: ReturnType<typeof pc.createColors>,
): Promise<T> {
  const started = performance.now()
  let detail = ''
  const shown = { yet: false }
  const show = () => {
    shown.yet = true
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    const line = `… ${label}${detail === '' ? '' : `: ${detail}`} (${seconds} s)`
    // A terminal is redrawn in place; a log gets a first line only, then one every ten seconds.
    stderr.write(stderr.isTTY ? `\r${paint.dim(line)}\u001B[K` : `${line}\n`)
  }
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / progressAfter)
    if (stderr.isTTY || seconds === 1 || seconds % 10 === 0) show()
  }, progressAfter)
  try {
    return await work((text) => {
      detail = text
    })
  } finally {
    clearInterval(timer)
    if (shown.yet && stderr.isTTY) stderr.write('\r\u001B[K')
  }
}
