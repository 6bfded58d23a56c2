/** One of the processes of a run: started with a plan, harmed, ended, and started again by whoever asks. */
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SABOTAGED } from './child/sabotage.js'
import type { Guarantee } from './history.js'
import type { Plan } from './plans.js'
import type { Workload } from './workload.js'

export const RUNNING = '"msg":"running"'
export const SESSION_MS = 1500
/** Until a process runs or something was done to it: it may have to wait for others. */
const PATIENCE_MS = 5000
/** For a clean end: the default of shutdownTimeout, and some. */
const END_MS = 35_000

/** Who was away for longer than its session or transaction may have been replaced: it ends, and says so. */
const isFenced = (said: string): boolean => /is fenced/.test(said)

export interface SlotOptions {
  readonly name: string
  readonly workload: Workload
  readonly brokers: string
  readonly guarantee: Guarantee
  /** With it, it is a static member, and a restart within the session moves nothing. */
  readonly groupInstanceId: string | undefined
}

export interface Life {
  /** Exit code or signal. */
  readonly ended: Promise<number | string>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly said: () => string
  /** Whether it says so before the time is over, or the process. */
  readonly says: (text: string, ms: number) => Promise<boolean>
}

export class ProcessSlot {
  /** Lives whose end nobody expected, with what they said. */
  readonly surprises: string[] = []
  readonly #options: SlotOptions

  constructor(options: SlotOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  /** One life after the plan. Returns what happened. */
  async live(plan: Plan): Promise<string> {
    const { name } = this
    if (plan.withoutState) await rm(this.#stateDirectory, { recursive: true, force: true })
    const life = this.start(plan)
    const { sabotage } = plan
    const happened = await life.says(sabotage === undefined ? RUNNING : SABOTAGED, PATIENCE_MS)
    const what = happened ? plan.what : `${plan.what} was to come`
    if (sabotage?.act === 'stop' && happened) {
      await sleep(SESSION_MS * 2)
      life.kill('SIGCONT')
    }
    if (!(sabotage?.act === 'kill' && happened)) await Promise.race([sleep(plan.after), life.ended])
    life.kill(plan.end)
    const end = await Promise.race([life.ended, sleep(END_MS, 'too late', { ref: false })])
    if (end === 'too late') {
      this.surprises.push(`${name} did not end within ${END_MS} ms of ${plan.end}:\n${life.said().slice(-3000)}`)
      life.kill('SIGKILL')
      await life.ended
    } else if (end !== 0 && end !== 'SIGKILL' && !isFenced(life.said()) && !(end === 'SIGTERM' && life.said() === '')) {
      this.surprises.push(`${name} (${what}) ended with ${end}:\n${life.said().slice(-3000)}`)
    }
    const rest = plan.withoutState ? ', without its state' : ''
    const disk = plan.diskFullAfter === undefined ? '' : ', its disk is full'
    return `${what}, then ${String(end)}${rest}${disk}`
  }

  start(plan?: Plan): Life {
    const { workload, brokers, guarantee, groupInstanceId } = this.#options
    const options = {
      guarantee,
      ...(groupInstanceId === undefined ? {} : { groupInstanceId }),
      sessionTimeout: SESSION_MS,
      heartbeatInterval: 150,
      commitInterval: guarantee === 'exactly_once' ? 50 : 200,
      transactionTimeout: 3000,
      requestTimeout: 3000,
      startTimeout: 60_000,
      repartitionPurgeInterval: 1000,
      state: { directory: this.#stateDirectory, snapshotInterval: 300 },
    }
    const disk = plan?.diskFullAfter
    const child = spawn(process.execPath, ['--import', workload.saboteur, workload.program], {
      cwd: workload.directory,
      env: {
        ...process.env,
        MILLRACE_BROKERS: brokers,
        APP_OPTIONS: JSON.stringify(options),
        ...(plan?.sabotage === undefined ? {} : { SABOTAGE: JSON.stringify(plan.sabotage) }),
        ...(disk === undefined
          ? {}
          : { SABOTAGE_DISK: JSON.stringify({ directory: this.#stateDirectory, after: disk }) }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    const listeners = new Set<() => void>()
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        for (const listener of listeners) listener()
      })
    }
    const ended = new Promise<number | string>((resolve) => {
      child.once('close', (code, signal) => {
        resolve(code ?? signal ?? 'unknown')
      })
    })
    return {
      ended,
      kill: (signal) => {
        child.kill(signal)
      },
      said: () => text,
      says: async (wanted, ms) => {
        const heard = new Promise<boolean>((resolve) => {
          const listen = (): void => {
            if (text.includes(wanted)) resolve(true)
          }
          listeners.add(listen)
          listen()
        })
        const over = new AbortController()
        const silence = sleep(ms, false, { signal: over.signal }).catch(() => false)
        try {
          return await Promise.race([heard, silence, ended.then(() => text.includes(wanted))])
        } finally {
          over.abort()
        }
      },
    }
  }

  get #stateDirectory(): string {
    return join(this.#options.workload.directory, `state-${this.#options.name}`)
  }
}
