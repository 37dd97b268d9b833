/** HAProxy's own words of what is wrong, from its log or its standard error: alerts if there are any, else everything. */
export const wordsOf = (output: string): string => {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const alerts = lines.filter((line) => line.startsWith('[ALERT]'));
  const said = alerts.length > 0 ? alerts : lines;
  return said.map((line) => line.replace(/^\[[A-Z]+\]\s+\(\d+\) : /, '')).join('\n');
};
