/**
 * Zigzag mapping of signed varints: 0, -1, 1, -2, 2… as 0, 1, 2, 3, 4…, so that small numbers stay short whatever their
 * sign.
 */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

export const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)
