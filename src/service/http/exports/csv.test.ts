import { expect, it } from 'vitest';
import { csvLine } from './csv.js';

it('texts that a spreadsheet would run are defused; numbers are not', () => {
  expect(csvLine(['=1+1', '+1', '-x', '@sum', '\tx', 'a=b', -5])).toBe("'=1+1,'+1,'-x,'@sum,'\tx,a=b,-5\r\n");
});

it('quotes, commas and line ends stay within their cell', () => {
  expect(csvLine(['a"b', 'a,b', 'a\nb', null, ['x', 'y'], { a: 1 }])).toBe('"a""b","a,b","a\nb",,x y,"{""a"":1}"\r\n');
  expect(csvLine(['=HYPERLINK("x")'])).toBe('"\'=HYPERLINK(""x"")"\r\n');
});
