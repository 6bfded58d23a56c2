/** Constructors of kernels: stores by name, codecs of keys and state. */
import type { LogicalWindow } from '../ir/logical-plan.js'
import type { Kernel, PlainSerdeKind, StateCodec } from '../ir/module-ir.js'
import { decoderName, encoderName } from './codec-names.js'
import { comma, join, js, type Code } from './code.js'
import type { Lines } from './lines.js'
import type { ModuleScope } from './module-scope.js'
import { kernelName } from './names.js'

export function printKernel(out: Lines, module: ModuleScope, kernel: Kernel): void {
  out.line(js`this.${kernelName(kernel)} = ${construction(module, kernel)}`)
}

function construction(module: ModuleScope, kernel: Kernel): Code {
  const { store } = kernel
  if (kernel.kind === 'stream-join') return streamJoin(module, kernel)
  if (kernel.kind === 'late') return late(module, kernel)
  if (kernel.kind === 'processor') return processor(module, kernel)
  if (kernel.kind === 'lifetimes') {
    const stores = js`context.stores.buffer(${store}), context.stores.table(${kernel.times})`
    return js`new ${module.helper('Lifetimes')}(${stores}, ${kernel.ttl}, ${codec(module, kernel.key)})`
  }
  if (kernel.kind === 'deduplication') {
    const stores = js`context.stores.windows(${store}), context.stores.table(${kernel.times})`
    return js`new ${module.helper('Deduplication')}(${stores}, ${kernel.within})`
  }
  const value = kernel.value === undefined ? js`undefined` : codec(module, kernel.value)
  if (kernel.kind === 'suppression') {
    const stores = js`context.stores.buffer(${store}), context.stores.table(${kernel.times})`
    const { delay, maxRecords, early, byEnd, byWall, windowed } = kernel
    const limits = js`delay: ${delay}, maxRecords: ${maxRecords}, early: ${early}`
    const spec = js`{ ${limits}, byEnd: ${byEnd}, byWall: ${byWall}, windowed: ${windowed} }`
    const codecs = js`${codec(module, kernel.key)}, ${value}`
    const clock = byWall ? js`, this.clock` : js``
    return js`new ${module.helper('Suppression')}(${stores}, ${spec}, ${codecs}${clock})`
  }
  if (kernel.kind === 'versions') {
    const stores = js`context.stores.windows(${store}), context.stores.table(${kernel.times})`
    return js`new ${module.helper('VersionedRows')}(${stores}, ${kernel.history}, ${value})`
  }
  if (kernel.kind === 'join-buffer') {
    const stores = js`context.stores.buffer(${store}), context.stores.table(${kernel.times})`
    return js`new ${module.helper('JoinBuffer')}(${stores}, ${kernel.grace}, ${codec(module, kernel.key)}, ${value})`
  }
  if (kernel.kind === 'subscriptions') {
    return js`new ${module.helper('Subscriptions')}(context.stores.prefixed(${store}), ${value})`
  }
  if (kernel.kind === 'rows') {
    const table = kernel.global ? js`context.globals.table(${store})` : js`context.stores.table(${store})`
    return js`new ${module.helper('TableRows')}(${table}, ${value})`
  }
  if (kernel.window === undefined) {
    return js`new ${module.helper('KeyedAggregate')}(context.stores.table(${store}), ${value})`
  }
  const { spec, lag, times } = kernel.window
  const time = js`context.stores.table(${times})`
  const codecs = js`{ key: ${codec(module, kernel.key)}, value: ${value} }`
  const ends = js`grace: ${spec.grace}, lag: ${lag} }`
  const idle = idleOf(module, spec)
  switch (spec.kind) {
    case 'time': {
      const windows = js`{ size: ${spec.size}, advance: ${spec.advance}, ${idle}${ends}`
      return js`new ${module.helper('TimeWindowAggregate')}(context.stores.windows(${store}), ${time}, ${windows}, ${codecs})`
    }
    case 'sliding': {
      const windows = js`{ difference: ${spec.difference}, ${idle}${ends}`
      return js`new ${module.helper('SlidingWindowAggregate')}(context.stores.windows(${store}), ${time}, ${windows}, ${codecs})`
    }
    case 'session': {
      const windows = js`{ gap: ${spec.gap}, ${idle}${ends}`
      return js`new ${module.helper('SessionWindowAggregate')}(context.stores.sessions(${store}), ${time}, ${windows}, ${codecs})`
    }
  }
}

function late(module: ModuleScope, { store, times, window, lag }: Extract<Kernel, { kind: 'late' }>): Code {
  const time = js`context.stores.table(${times})`
  const idle = idleOf(module, window)
  switch (window.kind) {
    case 'time': {
      const windows = js`{ size: ${window.size}, advance: ${window.advance}, ${idle}grace: ${window.grace} }`
      return js`new ${module.helper('LateForTimeWindows')}(${time}, ${windows})`
    }
    case 'sliding': {
      const windows = js`{ difference: ${window.difference}, ${idle}grace: ${window.grace} }`
      if (window.closeAfter !== undefined) {
        const newest = js`context.stores.windows(${store})`
        return js`new ${module.helper('LateForIdleSlidingWindows')}(${newest}, ${time}, ${windows})`
      }
      return js`new ${module.helper('LateForSlidingWindows')}(${time}, ${windows})`
    }
    case 'session': {
      const sessions = js`context.stores.sessions(${store}), ${time}`
      return js`new ${module.helper('LateForSessions')}(${sessions}, { gap: ${window.gap}, ${idle}grace: ${window.grace}, lag: ${lag} })`
    }
  }
}

function idleOf(module: ModuleScope, { closeAfter }: LogicalWindow): Code {
  if (closeAfter === undefined) return js``
  return js`idle: new ${module.helper('IdleClosing')}(this.clock, context, ${closeAfter}), `
}

function streamJoin(module: ModuleScope, kernel: Extract<Kernel, { kind: 'stream-join' }>): Code {
  const { before, after, grace, retention } = kernel.window
  const sides = js`context.stores.windows(${kernel.store}), context.stores.windows(${kernel.rightStore})`
  const waiting = kernel.waiting === undefined ? js`undefined` : js`context.stores.buffer(${kernel.waiting})`
  const window = js`{ before: ${before}, after: ${after}, grace: ${grace}, retention: ${retention} }`
  const codecs = js`${codec(module, kernel.key)}, ${codec(module, kernel.left)}, ${codec(module, kernel.right)}`
  const times = js`context.stores.table(${kernel.times})`
  return js`new ${module.helper('StreamJoin')}(${sides}, ${times}, ${waiting}, ${window}, ${codecs})`
}

function processor(module: ModuleScope, kernel: Extract<Kernel, { kind: 'processor' }>): Code {
  const stores = kernel.stores.map(({ name, store, kind, key, value }) => {
    const codecs = js`key: ${codec(module, key)}, value: ${codec(module, value)}`
    return js`{ name: ${name}, store: ${store}, kind: ${kind}, ${codecs} }`
  })
  const timers = kernel.timers.map(({ name, clock }) => js`{ name: ${name}, clock: ${clock} }`)
  const outputs = kernel.outputs.map((output) => js`${output}`)
  const { punctuate } = kernel
  const punctuation =
    punctuate === undefined ? js`undefined` : js`{ every: ${punctuate.every}, clock: ${punctuate.clock} }`
  const timed = js`streamTimers: ${kernel.streamTimers}, wallTimers: ${kernel.wallTimers}, punctuate: ${punctuation}`
  const gives = js`keepsKey: ${kernel.keepsKey}, outputs: [${join(outputs, comma)}]`
  const keeps = js`key: ${codec(module, kernel.key)}, stores: [${join(stores, comma)}], timers: [${join(timers, comma)}]`
  const around = js`context.stores, context.stores.table(${kernel.store}), this.clock`
  return js`new ${module.helper('Processor')}(${around}, { ${keeps}, ${timed}, ${gives} })`
}

function codec(module: ModuleScope, state: StateCodec): Code {
  if (state.kind === 'plain') {
    const [encode, decode] = plain[state.serde]
    if (state.longs !== undefined) {
      const read = js`(bytes, start, end) => ${module.helper('decodeJsonLongs')}(bytes, start, end, ${module.jsonLongs(state.longs)})`
      return js`{ write: ${module.helper(encode)}, read: ${read} }`
    }
    return js`{ write: ${module.helper(encode)}, read: ${module.helper(decode)} }`
  }
  const write = js`(out, value) => ${encoderName(state.encoder)}(out.at(""), value)`
  const read = js`(bytes, start, end) => ${decoderName(state.decoder)}(bytes, ${module.helper('pageView')}(bytes), start, end)`
  return js`{ write: ${write}, read: ${read}${doubles(state.doubles)} }`
}

function doubles(fields: readonly string[] | undefined): Code {
  if (fields === undefined) return js``
  const writes = fields.map((name, index) => js`row.setDouble(${index}, value[${name}], ${`.${name}`})`)
  const reads = fields.map((name, index) => js`${name}: row.double(${index})`)
  const write = js`(row, value) => { ${join(writes, js`; `)} }`
  return js`, doubles: { count: ${fields.length}, write: ${write}, read: (row) => ({ ${join(reads, comma)} }) }`
}

const plain: Readonly<Record<PlainSerdeKind, readonly [string, string]>> = {
  json: ['encodeJson', 'decodeJson'],
  string: ['encodeString', 'checkedText'],
  bytes: ['encodeBytes', 'copyOf'],
  int32: ['encodeInt32', 'decodeInt32'],
  int64: ['encodeInt64', 'decodeInt64'],
  double: ['encodeDouble', 'decodeDouble'],
  uuid: ['encodeUuid', 'decodeUuid'],
}
