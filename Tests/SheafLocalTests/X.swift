internal import SheafLocal
