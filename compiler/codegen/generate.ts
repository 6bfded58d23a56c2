/**
 * ModuleIR -> text of an ES module: imports, constants, skippers and codecs, one class of tasks for each sub-topology,
 * the manifest, and the pipeline as default export. Whoever runs the file directly runs the application.
 */
import type { ModuleIR } from '../ir/module-ir.js'
import type { Topology } from '../ir/topology.js'
import { comma, join, js, Name, token, type Code } from './code.js'
import { printDecoders } from './decoders.js'
import { printEncoders } from './encoders.js'
import { Lines, type GeneratedText } from './lines.js'
import { ModuleScope } from './module-scope.js'
import { printProcess, processName } from './process-function.js'
import { printSkipper } from './skip.js'

/** What the module says of itself, as plain JSON; compile.ts makes it, codegen only prints it. */
export interface PrintedManifest {
  readonly pipeline: string
}

export interface GeneratedModule extends GeneratedText {
  /** Functions that the residual modules must export: `(…captures) => function`. */
  readonly factories: readonly Factory[]
  /** Characters of each process function: the size budget of V8's optimiser. */
  readonly sizes: readonly number[]
}

export interface Factory {
  readonly file: string
  readonly exported: string
  readonly captures: readonly string[]
  readonly text: string
}

/** Specifiers of the author's files in generated text; link resolves them. */
export const authorScheme = 'author:'

export function generate(ir: ModuleIR, topology: Topology, manifest: PrintedManifest): GeneratedModule {
  const module = new ModuleScope(ir.program, printSkipper)
  const body = new Lines()
  const sizes: number[] = []
  for (const sub of topology.subTopologies) {
    body.block(js`class ${taskName(sub.id)} extends ${module.helper('TaskBase')}`, () => {
      printTask(body, module, ir, topology, sub.id, sizes)
    })
  }
  const codecs = printDecoders(module, ir.codecs.decoders)
  codecs.append(printEncoders(module, ir.codecs.encoders))
  const tail = new Lines()
  printExports(tail, module, topology, manifest)
  const out = new Lines()
  printImports(out, module, ir)
  out.append(module.declarations)
  if (ir.codecs.decoders.length > 0) out.line(js`let at$ = 0`)
  if (usesCounts(ir)) out.line(js`let count$ = 0`)
  out.append(module.functions)
  out.append(codecs)
  out.append(body)
  out.append(tail)
  return { ...out.render(`${manifest.pipeline}.js`), factories: factoriesOf(module, ir), sizes }
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
  const outputs = topology.subTopologies[id]?.outputs ?? []
  out.block(js`constructor(context)`, () => {
    out.line(js`super(context, ${topology.operators.size})`)
    for (const sink of outputs) {
      if (topology.sinks[sink]?.topic !== '') out.line(js`this.sink${sink} = context.outputs.sink(${sink})`)
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
    const lines = printProcess(module, ir, fn, index)
    sizes.push(lines.size)
    out.append(lines)
  }
}

function writtenSlots(ir: ModuleIR, sinks: readonly number[]): readonly number[] {
  const slots = new Set<number>()
  for (const plan of ir.writes.values()) {
    if (!sinks.includes(plan.sink)) continue
    for (const part of [plan.key, plan.value]) {
      if (part.kind === 'encoded' && part.slot !== undefined) slots.add(part.slot)
    }
  }
  return [...slots].sort((a, b) => a - b)
}

function usesCounts(ir: ModuleIR): boolean {
  return ir.readers.some((reader) => reader.fields.some((field) => field.type.kind === 'length'))
}

function printImports(out: Lines, module: ModuleScope, ir: ModuleIR): void {
  const helpers = module.helpers.map((name) => new Name(name))
  out.line(js`import { ${join(helpers, comma)} } from "millrace/runtime"`)
  for (const index of module.links) {
    const link = ir.program.links[index]
    if (link !== undefined) out.line(importLine(link.exported, module.linkName(index), link.module))
  }
  for (const index of module.opaques) {
    const opaque = ir.program.opaques[index]
    if (opaque === undefined) continue
    const name = module.factoryName(index)
    out.line(js`import { ${name} } from ${authorScheme + opaque.file}`)
  }
}

function importLine(exported: string, local: Name, specifier: string): Code {
  if (exported === '*') return js`import * as ${local} from ${specifier}`
  return js`import { ${exported === 'default' ? token('default') : new Name(exported)} as ${local} } from ${specifier}`
}

function printExports(out: Lines, module: ModuleScope, topology: Topology, manifest: PrintedManifest): void {
  out.line(js`const manifest = ${token(manifestText(manifest))}`)
  out.block(js`const pipeline =`, () => {
    out.line(js`manifest,`)
    out.block(
      js`createTask(subTopology, context)`,
      () => {
        out.block(js`switch (subTopology)`, () => {
          for (const sub of topology.subTopologies)
            out.line(js`case ${sub.id}: return new ${taskName(sub.id)}(context)`)
          out.line(js`default: throw new RangeError("no such sub-topology: " + subTopology)`)
        })
      },
      token(','),
    )
  })
  out.line(js`export default pipeline`)
  out.line(js`if (${module.helper('isMain')}(import.meta.url)) await ${module.helper('runMain')}(pipeline)`)
}

function manifestText(manifest: PrintedManifest): string {
  return JSON.stringify(manifest, undefined, 2)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
    .replace(/<\//g, '<\\/')
}

function factoriesOf(module: ModuleScope, ir: ModuleIR): Factory[] {
  return module.opaques.flatMap((index) => {
    const opaque = ir.program.opaques[index]
    if (opaque === undefined) return []
    const captures = opaque.captures.map((capture) => capture.name)
    return [{ file: opaque.file, exported: module.factoryName(index).text, captures, text: opaque.text }]
  })
}
