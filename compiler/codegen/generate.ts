/**
 * ModuleIR -> text of an ES module: imports, constants, skippers and codecs, one class of tasks for each sub-topology,
 * the manifest, and the pipeline as default export. Whoever runs the file directly runs the application.
 */
import type { GeneratedModule, ModuleFactory, ModuleImport } from '../ir/generated-module.js'
import type { ModuleIR, PartReader } from '../ir/module-ir.js'
import type { MirResult } from '../ir/mir.js'
import { everySubTopology, type Topology } from '../ir/topology.js'
import { comma, join, js, Name, token } from './code.js'
import { printChecker } from './check.js'
import { hasClock } from './clock.js'
import { printDecoders } from './decoders.js'
import { printEncoders } from './encoders.js'
import { Lines } from './lines.js'
import { ModuleScope } from './module-scope.js'
import { printKernel } from './kernels.js'
import { printProcess, processName } from './process-function.js'
import { printSkipper } from './skip.js'

/** What the module says of itself, as plain JSON; compile.ts makes it, codegen only prints it. */
export interface PrintedManifest {
  readonly pipeline: string
}

export interface Generated extends GeneratedModule {
  /** Characters of each process function: what V8's optimiser has a limit for. */
  readonly sizes: readonly number[]
}

export function generate(ir: ModuleIR, topology: Topology, manifest: PrintedManifest): Generated {
  const module = new ModuleScope(ir.program, { printSkipper, printChecker })
  const body = new Lines()
  const sizes: number[] = []
  for (const sub of everySubTopology(topology)) {
    body.block(js`class ${taskName(sub.id)} extends ${module.helper('TaskBase')}`, () => {
      printTask(body, module, ir, topology, sub.id, sizes)
    })
  }
  const codecs = printDecoders(module, ir.codecs.decoders)
  codecs.append(printEncoders(module, ir.codecs.encoders))
  const tail = new Lines()
  printExports(tail, module, ir, topology, manifest)
  const out = new Lines()
  printImports(out, module)
  out.append(module.declarations)
  if (ir.codecs.decoders.length > 0) out.line(js`let at$ = 0`)
  if (usesCounts(ir)) out.line(js`let count$ = 0`)
  out.append(module.functions)
  out.append(codecs)
  out.append(body)
  out.append(tail)
  const { text, map } = out.render(`${manifest.pipeline}.js`)
  return { code: text, map, imports: importsOf(module, ir), factories: factoriesOf(module, ir), sizes }
}

function taskName(id: number): Name {
  return new Name(`Task${id}`)
}

function printTask(
  out: Lines,
  module: ModuleScope,
  ir: ModuleIR,
  topology: Topology,
  id: number,
  sizes: number[],
): void {
  const functions = ir.program.functions.flatMap((fn, index) => (fn.subTopology === id ? [{ fn, index }] : []))
  const outputs = everySubTopology(topology)[id]?.outputs ?? []
  out.block(js`constructor(context)`, () => {
    // Ids stay where operators were dropped: there may be gaps.
    out.line(js`super(context, ${Math.max(-1, ...topology.operators.keys()) + 1})`)
    for (const sink of outputs) {
      if (topology.sinks[sink]?.topic !== '') out.line(js`this.sink${sink} = context.outputs.sink(${sink})`)
    }
    if (hasClock(ir, id)) {
      const clock = functions.find(({ fn }) => fn.input === topology.subTopologies[id]?.inputs.length)
      out.line(js`this.clock = new ${module.helper('TaskClock')}(${clock?.fn.input ?? -1}, () => context.now())`)
    }
    if (functions.some(({ index }) => isRecoded(ir.readers[index]?.value))) {
      out.line(js`this.recoded = new ${module.helper('Scratch')}()`)
    }
    for (const kernel of ir.kernels) {
      if (kernel.subTopology === id) printKernel(out, module, kernel)
    }
    for (const slot of writtenSlots(ir, outputs)) out.line(js`this.id${slot} = context.schemas.idOf(${slot})`)
  })
  out.block(js`process(input, buffer, view, start, end, section, untilTimestamp)`, () => {
    const args = js`buffer, view, start, end, section, untilTimestamp`
    const [only] = functions
    if (functions.length === 1 && only !== undefined) {
      out.line(js`return this.${processName(only.fn)}(${args})`)
      return
    }
    out.block(js`switch (input)`, () => {
      for (const { fn } of functions) out.line(js`case ${fn.input}: return this.${processName(fn)}(${args})`)
      out.line(js`default: throw new RangeError("no such input: " + input)`)
    })
  })
  for (const { fn, index } of functions) {
    const { lines, size } = printProcess(module, ir, fn, index)
    sizes.push(size)
    out.append(lines)
  }
}

function writtenSlots(ir: ModuleIR, sinks: readonly number[]): readonly number[] {
  const slots = new Set<number>()
  for (const plan of ir.writes.values()) {
    if (!sinks.includes(plan.sink)) continue
    for (const part of [plan.key, plan.value]) {
      if ((part.kind === 'encoded' || part.kind === 'datum') && part.slot !== undefined) slots.add(part.slot)
    }
  }
  return [...slots].sort((a, b) => a - b)
}

/** Whether data of some version are rewritten. */
function isRecoded(part: PartReader | undefined): boolean {
  return part?.kind === 'avro' && part.copied !== undefined && part.copied.length > 0
}

function usesCounts(ir: ModuleIR): boolean {
  return ir.readers.some((reader) => reader.fields.some((field) => field.type.kind === 'length'))
}

function printImports(out: Lines, module: ModuleScope): void {
  const helpers = module.helpers.map((name) => new Name(name))
  out.line(js`import { ${join(helpers, comma)} } from "millrace/runtime"`)
}

function printExports(
  out: Lines,
  module: ModuleScope,
  ir: ModuleIR,
  topology: Topology,
  manifest: PrintedManifest,
): void {
  out.line(js`const manifest = ${token(manifestText(manifest))}`)
  out.block(js`const pipeline =`, () => {
    out.line(js`manifest,`)
    out.block(
      js`createTask(subTopology, context)`,
      () => {
        out.block(js`switch (subTopology)`, () => {
          for (const sub of everySubTopology(topology))
            out.line(js`case ${sub.id}: return new ${taskName(sub.id)}(context)`)
          out.line(js`default: throw new RangeError("no such sub-topology: " + subTopology)`)
        })
      },
      token(','),
    )
    printResults(out, module, ir.program.results ?? [])
  })
  out.line(js`export default pipeline`)
}

function printResults(out: Lines, module: ModuleScope, results: readonly MirResult[]): void {
  if (results.length === 0) return
  out.block(
    js`results:`,
    () => {
      for (const store of new Set(results.map((result) => result.store))) {
        const own = results.filter((result) => result.store === store)
        const fields = own.map(({ field, opaque }) => js`${field}: ${module.opaque(opaque)}`)
        out.line(js`${store}: { ${join(fields, comma)} },`)
      }
    },
    token(','),
  )
}

function manifestText(manifest: PrintedManifest): string {
  return JSON.stringify(manifest, undefined, 2)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
    .replace(/<\//g, '<\\/')
}

function importsOf(module: ModuleScope, ir: ModuleIR): ModuleImport[] {
  return module.links.flatMap((index) => {
    const link = ir.program.links[index]
    return link === undefined ? [] : [{ local: module.linkName(index).text, module: link.module, name: link.exported }]
  })
}

/** `module` is the path relative to the project's root: compile.ts knows where that is. */
function factoriesOf(module: ModuleScope, ir: ModuleIR): ModuleFactory[] {
  return module.opaques.flatMap((index) => {
    const opaque = ir.program.opaques[index]
    if (opaque === undefined) return []
    const captures = opaque.captures.map((capture) => capture.name)
    const local = module.factoryName(index).text
    return [{ local, module: opaque.file, text: opaque.text, span: opaque.span, captures }]
  })
}
