import { pipeline, string, topic } from 'millrace'

const input = topic('test', { value: string() })
const output = topic('processed', { value: string() })

export const processed = pipeline('processed', (p) => {
  p.stream(input)
    .map((value) => `processed-${value}`)
    .print('processed')
    .to(output)
})
