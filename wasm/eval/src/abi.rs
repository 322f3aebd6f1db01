//! The boundary to JavaScript, and the only place of the project with `unsafe`.
//!
//! One thread, one engine: JavaScript makes a new instance for every plan, so memory is handed
//! out and never taken back.
#![expect(
    unsafe_code,
    reason = "raw exports cost a third of wasm-bindgen's bytes and a fraction of its time"
)]

extern crate alloc as heap;

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::UnsafeCell;
use core::cmp;
use core::sync::atomic::{AtomicUsize, Ordering};

use pennon_core::layout::{Field, Table};
use pennon_core::{Host, TextTest};

use crate::Engine;

#[cfg(not(feature = "posthog"))]
use pennon_core::NativeAlgorithms as Carried;
#[cfg(feature = "posthog")]
use pennon_core::PosthogAlgorithms as Carried;

/// The engine, between calls.
struct Shared(UnsafeCell<Engine>);

// SAFETY: a module without threads has one thread.
unsafe impl Sync for Shared {}

static ENGINE: Shared = Shared(UnsafeCell::new(Engine::EMPTY));

/// The engine; before a plan is loaded, it has no flags.
fn engine() -> &'static mut Engine {
    // SAFETY: there is one thread, and the host functions that the engine calls do not call back,
    // so nobody else holds the engine.
    unsafe { &mut *ENGINE.0.get() }
}

/// Room for the bytes of a plan.
#[unsafe(no_mangle)]
extern "C" fn alloc(len: usize) -> *mut u8 {
    BUMP.take(len)
}

/// Loads the plan at `start`, which [`alloc`] gave; 0, or why not.
#[unsafe(no_mangle)]
extern "C" fn load(start: *mut u8, len: usize) -> u32 {
    let room = core::ptr::slice_from_raw_parts_mut(start, len);
    // SAFETY: the room came from this allocator, JavaScript has filled it, and gives it away.
    engine().load(unsafe { heap::boxed::Box::from_raw(room) }.into_vec())
}

/// Makes room for so many elements of arrays, and so many bytes of text.
#[unsafe(no_mangle)]
extern "C" fn room(elements: usize, text: usize) {
    engine().make_room(elements, text);
}

/// What JavaScript needs to know of the engine: 0 where the values of slots lie, 1 where the texts
/// of the context lie, 2 whether the plan asks [`JavaScript`] for more than letters, 3 how many slots
/// there are, 4 how many flags.
#[unsafe(no_mangle)]
extern "C" fn at(what: u32) -> usize {
    let engine = engine();
    match what {
        0 => engine.context().cells().as_ptr().addr(),
        1 => engine.context().texts().as_ptr().addr(),
        2 => engine.plan().needs().rare_operators() as usize,
        3 => engine.plan().count(Table::Slot) as usize,
        _ => engine.plan().count(Table::Flag) as usize,
    }
}

/// A word of the loaded plan.
#[unsafe(no_mangle)]
extern "C" fn word(field: u32, row: u32) -> u32 {
    engine().plan().cell(Field::from_code(field), row)
}

/// Sets or clears the killed bit of a flag.
#[unsafe(no_mangle)]
extern "C" fn kill(flag: u32, killed: u32) {
    engine().kill(flag, killed != 0);
}

/// The context has changed; operators from `operators` on are unknown.
#[unsafe(no_mangle)]
extern "C" fn begin(now_ms: f64, here: u32, operators: u32) {
    engine().begin(now_ms, here, operators);
}

/// The packed decision of a flag.
#[unsafe(no_mangle)]
extern "C" fn decide(flag: u32) -> u32 {
    let engine = engine();
    let host = JavaScript {
        operators: engine.operators(),
    };
    engine.decide::<Carried>(flag, &host)
}

#[link(wasm_import_module = "h")]
unsafe extern "C" {
    /// What JavaScript does for the core: `what` is a folded [`TextTest`], or one of the constants
    /// below, of one or two texts.
    safe fn h(
        what: u32,
        text: *const u8,
        len: usize,
        operand: *const u8,
        operand_len: usize,
    ) -> f64;
}

const MATCHES: u32 = 4;
const COMPARE_VERSIONS: u32 = 5;
const DATE: u32 = 6;
const RANDOM: u32 = 7;
const PARSE_NUMBER: u32 = 8;
const LENIENT_DATE: u32 = 9;
/// The two lengths are months and years, of which one is 0.
const CALENDAR: u32 = 10;
/// The next number is the same without pre-releases.
const COMPARE_LENIENT_VERSIONS: u32 = 11;

struct JavaScript {
    operators: u32,
}

fn ask(what: u32, text: &[u8], operand: &[u8]) -> f64 {
    h(
        what,
        text.as_ptr(),
        text.len(),
        operand.as_ptr(),
        operand.len(),
    )
}

impl Host for JavaScript {
    fn knows(&self, operator: u32) -> bool {
        operator < self.operators
    }

    fn matches(&self, _: u32, pattern: &[u8], text: &[u8]) -> Option<bool> {
        let answer = ask(MATCHES, text, pattern);
        (!answer.is_nan()).then_some(answer > 0.0)
    }

    fn test_folded(&self, how: TextTest, text: &[u8], operand: &[u8]) -> bool {
        ask(how as u32, text, operand) > 0.0
    }

    /// Only dialects cast text. Minus zero says that the text is no number: "nan" is one.
    fn parse_number(&self, text: &[u8]) -> Option<f64> {
        let number = ask(PARSE_NUMBER, text, &[]);
        (number != 0.0 || number.is_sign_positive()).then_some(number)
    }

    fn date(&self, text: &[u8]) -> f64 {
        ask(DATE, text, &[])
    }

    fn compare_versions(&self, version: &[u8], other: &[u8]) -> Option<cmp::Ordering> {
        ask(COMPARE_VERSIONS, version, other).partial_cmp(&0.0)
    }

    /// JavaScript remembers the time that the context began with.
    fn lenient_date(&self, text: &[u8], _: f64) -> f64 {
        ask(LENIENT_DATE, text, &[])
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole numbers below 10 000, and casts saturate"
    )]
    fn calendar(&self, _: f64, count: f64) -> f64 {
        let nowhere = core::ptr::null();
        h(CALENDAR, nowhere, count as usize, nowhere, -count as usize)
    }

    fn compare_lenient_versions(
        &self,
        version: &[u8],
        other: &[u8],
        releases: bool,
    ) -> Option<cmp::Ordering> {
        let what = COMPARE_LENIENT_VERSIONS + u32::from(releases);
        ask(what, version, other).partial_cmp(&0.0)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "JavaScript answers from 0 until 2^32, and casts saturate"
    )]
    fn random(&self) -> u32 {
        ask(RANDOM, &[], &[]) as u32
    }
}

/// Hands out memory and takes none back.
struct Bump {
    top: AtomicUsize,
}

#[global_allocator]
static BUMP: Bump = Bump {
    top: AtomicUsize::new(0),
};

unsafe extern "C" {
    /// The linker puts it where static data ends.
    static __heap_base: u8;
}

const PAGE: usize = 65_536;

impl Bump {
    /// Room that begins at a multiple of 8, so that JavaScript can write doubles anywhere.
    fn take(&self, len: usize) -> *mut u8 {
        let top = match self.top.load(Ordering::Relaxed) {
            0 => (&raw const __heap_base).addr(),
            top => top,
        };
        let start = top.next_multiple_of(8);
        let end = start.saturating_add(len);
        let size = wasm32::memory_size(0).saturating_mul(PAGE);
        if end > size && wasm32::memory_grow(0, end.wrapping_sub(size).div_ceil(PAGE)) == usize::MAX
        {
            return core::ptr::null_mut();
        }
        self.top.store(end, Ordering::Relaxed);
        core::ptr::with_exposed_provenance_mut(start)
    }
}

// SAFETY: every range is given out once, aligned, and lies within memory that has been grown.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout.size())
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    /// Memory that was never given out is zero.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.take(layout.size())
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}
