// A desk's find box holds what was looked for; selected, it is replaced by the next scan and not glued to it.
for (const box of document.querySelectorAll('input[type="search"][autofocus]')) box.select();

// On a phone the menu is one line that scrolls: the page shown stands in it where it can be seen.
const here = document.querySelector(".desk-nav [aria-current]");
here?.closest(".desk-nav").scrollTo({ left: here.offsetLeft - here.closest(".desk-nav").clientWidth / 3 });
