/**
 * The demo: an embedded broker and registry, a month of real flights, the pipelines built and run by the same commands
 * that a user types. Ends by itself; exit code 1 when a topic does not hold what was computed from the CSV file.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import kafkajs from 'kafkajs'
import { startBroker, startRegistry } from 'millrace/testing'
import pc from 'picocolors'
import { awaitState, isRight, stateTopics } from './demo-state.js'
import { expectedCounts } from './expected.js'
import { readFlights, type Row } from './flights-csv.js'
import { produceFlights } from './produce.js'

const folder = fileURLToPath(new URL('.', import.meta.url))
const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const partitions = 3
const deadLetters = 'flights-dead-letters'

type Environment = Readonly<Record<string, string>>

const say = (text = '') => void process.stdout.write(`${text}\n`)
const step = (text: string) => say(`\n${pc.bold(pc.cyan('▸'))} ${pc.bold(text)}`)

function start(args: readonly string[], environment: Environment): ChildProcess {
  say(pc.dim(`  $ millrace ${args.join(' ')}`))
  return spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

async function millrace(args: readonly string[], environment: Environment): Promise<void> {
  const [code] = (await once(start(args, environment), 'exit')) as [number | null]
  if (code !== 0) throw new Error(`millrace ${args.join(' ')} ended with exit code ${code}`)
}

async function recordsIn(admin: kafkajs.Admin, topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic)
  return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
}

async function countAll(admin: kafkajs.Admin, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  return new Map(await Promise.all(topics.map(async (topic) => [topic, await recordsIn(admin, topic)] as const)))
}

/** Until every topic holds what is expected; gives up when nothing moves for half a minute. */
async function awaitOutputs(admin: kafkajs.Admin, expected: Readonly<Record<string, number>>, app: ChildProcess) {
  const topics = Object.keys(expected)
  let before = -1
  let movedAt = Date.now()
  for (;;) {
    const counts = await countAll(admin, topics)
    const total = [...counts.values()].reduce((a, b) => a + b, 0)
    if (topics.every((topic) => (counts.get(topic) ?? 0) >= (expected[topic] ?? 0))) return counts
    if (total !== before) movedAt = Date.now()
    before = total
    if (app.exitCode !== null || Date.now() - movedAt > 30_000) return counts
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function report(expected: Readonly<Record<string, number>>, counts: ReadonlyMap<string, number>): boolean {
  let right = true
  say(`  ${'topic'.padEnd(22)}${'records'.padStart(9)}${'expected'.padStart(10)}`)
  for (const [topic, wanted] of Object.entries(expected)) {
    const got = counts.get(topic) ?? 0
    right &&= got === wanted
    const mark = got === wanted ? pc.green('✓') : pc.red('✗')
    say(`  ${topic.padEnd(22)}${String(got).padStart(9)}${String(wanted).padStart(10)} ${mark}`)
  }
  return right
}

async function demo(): Promise<boolean> {
  step('Embedded Kafka broker and schema registry')
  await using broker = await startBroker()
  await using registry = await startRegistry()
  say(`  broker ${broker.bootstrap}, registry ${registry.url}`)
  const environment = {
    MILLRACE_BROKERS: broker.bootstrap,
    MILLRACE_REGISTRY_URL: registry.url,
    // Whatever port is free for metrics: something else may listen at the default one.
    MILLRACE_HTTP_PORT: '0',
  }

  step('Schemas')
  await millrace(['schema', 'register'], environment)
  await millrace(['schema', 'pull'], environment)

  step('A month of flights, in two versions of their schema')
  const rows = readFlights()
  const counted = expectedCounts(rows)
  await broker.createTopic('flights', { partitions })
  for (const topic of [...Object.keys(counted), deadLetters, ...stateTopics])
    await broker.createTopic(topic, { partitions })
  const produced = await produceFlights({ brokers: [broker.bootstrap], registryUrl: registry.url }, rows)
  const expected = { ...counted, [deadLetters]: produced.broken }
  say(`  ${produced.records} records, ${produced.broken} of them broken on purpose`)

  step('Build')
  await millrace(['build'], environment)
  say(`  generated code: generated/flights`)

  step('Run')
  const client = new kafkajs.Kafka({ brokers: [broker.bootstrap], logLevel: kafkajs.logLevel.ERROR })
  const admin = client.admin()
  await admin.connect()
  const began = performance.now()
  const app = start(['run', 'flights'], environment)
  const counts = await awaitOutputs(admin, expected, app)
  const seconds = (performance.now() - began) / 1000
  app.kill('SIGTERM')
  if (app.exitCode === null) await once(app, 'exit')
  await admin.disconnect()
  const written = [...counts.values()].reduce((a, b) => a + b, 0)
  say(
    `  ${produced.records} records in, ${written} out in ${seconds.toFixed(1)} s with the start of the process: ` +
      `${Math.round(produced.records / seconds)} records/s`,
  )

  step('Samples')
  for (const topic of ['flights-very-late', 'flight-events', deadLetters]) {
    await millrace(['tail', topic, '--from', 'beginning', '--limit', '2', '--no-follow'], environment)
  }

  step('Summary')
  const right = report(expected, counts)
  say(right ? pc.green('\n  All counts are as computed from the CSV file.') : pc.red('\n  Counts differ.'))
  return (await state(broker.bootstrap, environment, rows)) && right
}

/** Pipelines with state, on what the first has written. */
async function state(brokers: string, environment: Environment, rows: readonly Row[]): Promise<boolean> {
  step('State, exactly once: the paths of aircraft, and those that are late three times in a row')
  const directory = mkdtempSync(join(tmpdir(), 'millrace-demo-'))
  const exactly = { ...environment, MILLRACE_GUARANTEE: 'exactly_once', MILLRACE_STATE_DIRECTORY: directory }
  const apps = ['paths', 'late-legs'].map((name) => start(['run', name], exactly))
  try {
    const { mostFlown, paths, lateAircraft } = await awaitState([brokers], rows, () =>
      apps.some(({ exitCode }) => exitCode !== null),
    )
    say(`\n  ${'path of an aircraft'.padEnd(32)}times flown`)
    for (const { route, times } of mostFlown.slice(0, 5)) say(`  ${route.padEnd(32)}${String(times).padStart(11)}`)
    say(`\n  ${'topic'.padEnd(22)}${'records'.padStart(9)}${'expected'.padStart(10)}`)
    const results = { 'aircraft-paths': paths, 'late-aircraft': lateAircraft }
    for (const [topic, result] of Object.entries(results)) {
      const mark = isRight(result) ? pc.green('✓') : pc.red(`✗ ${result.wrong} wrong`)
      say(`  ${topic.padEnd(22)}${String(result.right).padStart(9)}${String(result.expected).padStart(10)} ${mark}`)
    }
    const right = isRight(paths) && isRight(lateAircraft)
    say(right ? pc.green('\n  Each record is as computed from the CSV file.') : pc.red('\n  Records differ.'))
    return right
  } finally {
    for (const app of apps) app.kill('SIGTERM')
    await Promise.all(apps.map((app) => (app.exitCode === null ? once(app, 'exit') : undefined)))
    rmSync(directory, { recursive: true })
  }
}

process.exitCode = (await demo()) ? 0 : 1
