/** Everything before a verb does its work: help, misspelt words, configuration, what is loaded. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyProject, newProject, type Project } from './support/project.js'

const refuseCompiler = ['--import', fileURLToPath(new URL('./support/refuse-compiler.mjs', import.meta.url))]
const escape = '\u001B['

let project: Project
beforeAll(async () => {
  project = await newProject()
})
afterAll(() => project[Symbol.asyncDispose]())

describe('help', () => {
  it('lists the verbs, without loading the compiler', async () => {
    const { code, stdout, stderr } = await project.run(['--help'], { nodeArgs: refuseCompiler })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const verb of ['init', 'dev', 'build', 'check', 'explain', 'run', 'schema', 'produce', 'tail']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${verb} +[A-Z]`, 'm'))
    }
    expect(stdout).not.toMatch(/ $/m)
  })

  it('is what no arguments give', async () => {
    const { code, stdout } = await project.run([])
    expect(code).toBe(0)
    expect(stdout).toContain('Usage: millrace <command>')
  })

  it.each([
    [['build', '--help'], 'Usage: millrace build [options]', '--frozen'],
    [['tail', '-h'], 'Usage: millrace tail <topic> [options]', '--from <where>'],
    [['run', '--help'], 'Usage: millrace run <pipeline> [options]', '--threads <n>'],
    [['schema', 'pull', '--help'], 'Usage: millrace schema pull [subjects] [options]', '--json'],
    [['schema', '--help'], 'Usage: millrace schema <command>', 'register'],
  ])('%j', async (args, usage, option) => {
    const { code, stdout } = await project.run(args)
    expect(code).toBe(0)
    expect(stdout).toContain(usage)
    expect(stdout).toContain(option)
  })

  it('of schema is an error where a verb is missing', async () => {
    expect((await project.run(['schema'])).code).toBe(2)
  })

  it('--version is that of the package', async () => {
    expect((await project.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('words that are wrong', () => {
  it.each([
    [['biuld'], "unknown command 'millrace biuld'", "did you mean 'millrace build'?"],
    [['frobnicate'], "unknown command 'millrace frobnicate'", 'commands: init, dev, build'],
    [['schema', 'pul'], "unknown command 'millrace schema pul'", "did you mean 'millrace schema pull'?"],
    [['build', '--frozne'], 'unknown option --frozne', 'did you mean --frozen?'],
    [['tail', 't', '--no-folow'], 'unknown option --no-folow', 'did you mean --no-follow?'],
    [['build', '-x'], 'unknown option -x', ''],
    [['tail', 't', '--from'], 'option --from wants a value', ''],
    [['tail'], 'Missing required positional argument: TOPIC', 'millrace tail --help'],
    [['check', 'more'], "unexpected argument 'more'", ''],
    [['build', '--watch', '--frozen'], '--watch and --frozen exclude one another', ''],
    [['tail', 't', '--from', 'yesterday'], '--from yesterday is not understood', 'beginning, end, -10'],
    [['tail', 't', '--limit', 'few'], '--limit few is no number of records', ''],
    [
      ['tail', 't', '--filter', 'value >'],
      '--filter is no JavaScript expression',
      "such as --filter 'value.amount > 100'",
    ],
    [['run', 'x', '--threads', 'many'], '--threads many is no number', ''],
    [['run', 'x', '--log', 'xml'], '--log xml is neither text nor json', ''],
    [['--wrong'], 'unknown option --wrong', 'millrace --help'],
  ])('%j', async (args, message, help) => {
    const { code, stdout, stderr } = await project.run(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(`error: ${message}`)
    expect(stderr).toContain(help === '' ? '' : `help: ${help}`)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('are JSON with --json', async () => {
    const { code, data } = await project.json(['build', '--frozne'])
    expect(code).toBe(2)
    expect(data).toEqual({ error: { message: 'unknown option --frozne', help: 'did you mean --frozen?' } })
  })
})

describe('colours', () => {
  it('are there when they are wanted, and when nothing listens not', async () => {
    const plain = await project.run(['biuld'], { env: { NO_COLOR: '', FORCE_COLOR: '' } })
    const wanted = await project.run(['biuld'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })
    const refused = await project.run(['biuld'], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } })
    expect(plain.stderr).not.toContain(escape)
    expect(wanted.stderr).toContain(`${escape}31merror:`)
    expect(refused.stderr).not.toContain(escape)
  })
})

describe('configuration', () => {
  it('that is wrong is told as a whole', async () => {
    await using wrong = await emptyProject()
    await wrong.write(
      'millrace.config.ts',
      `export default { piplines: 'x', kafka: { brokers: ['nowhere'] }, registry: { url: 'no url' }, threads: -1 }\n`,
    )
    const { code, stderr } = await wrong.run(['build'])
    expect(code).toBe(2)
    expect(stderr).toContain('millrace.config.ts is not valid:')
    expect(stderr).toMatch(/^ {2}piplines: .*did you mean pipelines\?/m)
    expect(stderr).toMatch(/^ {2}kafka\.brokers\.0: expected host:port/m)
    expect(stderr).toMatch(/^ {2}registry\.url: must be a URL/m)
    expect(stderr).toMatch(/^ {2}threads: /m)
  })

  it('that throws is told with its reason', async () => {
    await using wrong = await emptyProject()
    await wrong.write('millrace.config.ts', `throw new Error('no secrets here')\n`)
    const { code, stderr } = await wrong.run(['build'])
    expect(code).toBe(2)
    expect(stderr).toContain('millrace.config.ts cannot be loaded: no secrets here')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('that is named must be there; without any there must be pipelines', async () => {
    await using empty = await emptyProject()
    const named = await empty.run(['build', '--config', 'other.config.ts'])
    expect(named.code).toBe(2)
    expect(named.stderr).toContain('no configuration file')
    const none = await empty.run(['build'])
    expect(none.code).toBe(2)
    expect(none.stderr).toContain('no pipeline files: nothing matches pipelines/**/*.ts')
    expect(none.stderr).toContain('help: set pipelines in millrace.config.ts')
  })

  it('of another folder is used with --cwd', async () => {
    await using elsewhere = await emptyProject()
    const { code, stderr } = await elsewhere.run(['run', 'large-orders', '--cwd', project.root])
    expect(code).toBe(2)
    expect(stderr).toContain(`no compiled pipelines in ${project.path('generated')}`)
  })
})
