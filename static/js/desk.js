// A desk's find box holds what was looked for; selected, it is replaced by the next scan and not glued to it.
for (const box of document.querySelectorAll('input[type="search"][autofocus]')) box.select();
