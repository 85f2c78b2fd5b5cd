internal import SheafCore
