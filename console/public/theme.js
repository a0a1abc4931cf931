// Sets the chosen theme before anything is painted; without a choice the system's holds.
const theme = localStorage.getItem('snapledger.theme')
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
