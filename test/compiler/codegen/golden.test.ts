/** The text of generated record loops, to be read in reviews: what a change of the compiler really changes. */
import { expect, test } from 'vitest'
import { build } from '../support/compile-project.js'

const schemas = `
interface Item { readonly sku: string; readonly qty: number }
interface Order { readonly id: string; readonly channel: string; readonly status: 'NEW' | 'PAID'; readonly amount: number;
  readonly coupon: string | null; readonly items: readonly Item[]; readonly at: Date }
interface Slim { readonly id: string; readonly cents: number; readonly coupon: string | null; readonly at: Date }
`

/** The class of the first sub-topology. */
function task(code: string): string {
  const start = code.indexOf('var Task0')
  return code.slice(start, code.indexOf('\n};', start) + 4)
}

test('strings are copied as bytes, with a prefix in front', async () => {
  const { code } = await build({
    'pipeline.ts': `
import { pipeline, string, topic } from 'millrace'
export const processed = pipeline('processed', (p) => {
  p.stream(topic('test', { value: string() })).map((value) => \`processed-\${value}\`).to(topic('processed', { value: string() }))
})`,
  })
  await expect(task(code)).toMatchFileSnapshot('../../goldens/processed.js.txt')
})

test('a projection reads the fields in use, makes no object and calls no closure', async () => {
  const { code } = await build({
    'pipeline.ts': `
import { avro, pipeline, string, topic } from 'millrace'
${schemas}
export const slim = pipeline('slim', (p) => {
  p.stream(topic('orders', { key: string(), value: avro<Order>() }))
    .filter((order) => order.channel === 'web' && order.status === 'PAID')
    .map(({ id, amount, coupon, at }) => ({ id, cents: Math.round(amount * 100), coupon, at: new Date(at.getTime() + 1) }))
    .to(topic('slim', { key: string(), value: avro<Slim>() }))
})`,
  })
  const text = task(code)
  expect(text).not.toMatch(/new Date|=> |items\$f/)
  await expect(text).toMatchFileSnapshot('../../goldens/slim.js.txt')
})
